export const lanes = 2;
