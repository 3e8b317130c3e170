/** `resources/list` shows this many of a family, the newest; the rest is found by completion (CONTRACT, Resources). */
export const LISTED_OF_A_FAMILY = 20;
