/** Makers of schemas for the plain fields of a result; `what` describes the field and its unit. */
import * as z from 'zod'

/** A field that holds a number. */
export const number = (what: string) => z.number().describe(what)
/** A field that holds a number, or null when there is no value. */
export const numberOrNull = (what: string) => z.number().nullable().describe(what)
/** A field that holds a text. */
export const text = (what: string) => z.string().describe(what)
/** A field that holds true or false. */
export const flag = (what: string) => z.boolean().describe(what)
