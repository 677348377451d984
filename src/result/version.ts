/** Format version of `result.json`; a change that an old reader would misread raises the first number. */
export const RESULT_VERSION = '1.0'
