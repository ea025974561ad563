export const lanes = 4;
