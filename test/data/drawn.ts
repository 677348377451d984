/** Rows that are numbers. */
export const csv = (count: number): string => `n\n${Array.from({ length: count }, (_, index) => index).join('\n')}\n`

export const ns = (rows: readonly Readonly<Record<string, unknown>>[]): number[] => rows.map((row) => Number(row.n))

export const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

export const sorted = (list: readonly number[]): number[] => [...list].sort((a, b) => a - b)
