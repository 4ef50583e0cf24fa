import { locations } from './options.ts';
