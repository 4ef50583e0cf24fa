/** Most rows of an experiment, those of grids included. */
export const maximumRows = 1000;
/** Most seeds of an experiment. */
export const maximumSeeds = 1000;
/** Most cells of an experiment: rows times tasks times seeds. */
export const maximumCells = 100_000;
/** Most values of an experiment once its grids are expanded. */
export const maximumValues = 200_000;
/** Longest name, note or value that grids put together, in characters. */
export const maximumText = 500;
/** Most layers of an encoder, four times the deepest of the paper. */
export const maximumLayers = 100;
/** Widest hidden or feed-forward state of an encoder. */
export const maximumWidth = 65_536;
/** Most weights of an encoder's layers, about: 4 GB of float32, three times RoBERTa-large. */
export const maximumWeights = 1e9;
/** Most tokens of a sequence that an encoder from scratch has positions for. */
export const scratchLength = 128;
