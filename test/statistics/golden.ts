/** Samples that several golden tests share. */
export const A = [102, 98, 110, 105, 97, 101, 120, 99, 103, 108]
export const B = [115, 109, 125, 118, 107, 112, 140, 111, 104, 119]
/** Two samples of 200 values with many ties. */
export const LARGE_A = Array.from({ length: 200 }, (_, i) => 100 + ((37 * i) % 101))
export const LARGE_B = Array.from({ length: 200 }, (_, i) => 103 + ((53 * i) % 101))
