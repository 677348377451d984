import * as z from 'zod'

/** Returns the schema of a result field that holds a number; `what` describes the field. */
export const number = (what: string) => z.number().describe(what)
/** Returns the schema of a result field that holds a number, or null when there is no value; `what` describes the field. */
export const numberOrNull = (what: string) => z.number().nullable().describe(what)
/** Returns the schema of a result field that holds a text; `what` describes the field. */
export const text = (what: string) => z.string().describe(what)
/** Returns the schema of a result field that holds true or false; `what` describes the field. */
export const flag = (what: string) => z.boolean().describe(what)
