/** Plain fields of a result, each with what it means and its unit. */
import * as z from 'zod'

export const number = (what: string) => z.number().describe(what)
export const numberOrNull = (what: string) => z.number().nullable().describe(what)
export const text = (what: string) => z.string().describe(what)
export const flag = (what: string) => z.boolean().describe(what)
