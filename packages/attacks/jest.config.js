export { default } from '../../jest.package.config.js';
