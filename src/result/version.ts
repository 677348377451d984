/** The format version of `result.json`. Its first number rises when older readers would misread the new format. */
export const RESULT_VERSION = '1.0'
