/** Colours that remain distinct for every common kind of colour blindness (Okabe and Ito 2008), darkest first. */
export const modelColours = [
  '#000000',
  '#E69F00',
  '#0072B2',
  '#009E73',
  '#D55E00',
  '#CC79A7',
  '#56B4E9',
  '#999999',
];

/** Shapes beside the colours, so that models differ in print too. */
export const modelShapes = [
  'circle',
  'square',
  'triangle-up',
  'diamond',
  'cross',
  'triangle-down',
  'triangle-right',
  'triangle-left',
];

/** The two kinds of test set and the paper's adversarial number. */
export const kindColours = { adversarial: '#D55E00', clean: '#0072B2', paper: '#666666' } as const;
