/** Constants of Klambauer et al. 2017, arXiv:1706.02515, as in tfjs: the slope above zero, and that times alpha. */
export const seluScale = 1.0507009873554805;
export const seluAlpha = 1.7580993408473768;
