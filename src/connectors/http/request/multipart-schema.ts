import * as z from 'zod'
import { lateObject } from '../../../fields.ts'

/** The largest number of parts of one form. */
const MAX_PARTS = 100

const part = lateObject(() => ({
  name: z.string().describe('Name of the field; several parts may have the same'),
  value: z
    .union([z.string(), z.number(), z.boolean()])
    .optional()
    .describe('What the field holds; a template that gives a map or a list is sent as JSON'),
  file: z
    .string()
    .min(1)
    .refine((name) => !name.includes('{{'), 'a file is read before the run: its path cannot be a template')
    .optional()
    .describe('Or a file to send: a path in the folder of the scenario, at most 8 MiB; it is read once, before the load'),
  filename: z.string().optional().describe('File name that is sent to the server; left out: the last part of the path'),
  type: z
    .string()
    .optional()
    .describe('Content type of the part; left out: application/octet-stream for a file, none for a value'),
}))
  .refine(({ value, file }) => (value === undefined) !== (file === undefined), 'give value or file')
  .refine(({ filename, file }) => filename === undefined || file !== undefined, {
    message: 'filename belongs to file',
    path: ['filename'],
  })

/** The schema of the `multipart:` body of a `request:` block: the parts of a form, in the order in which they are sent. */
export const multipartSchema = z
  .array(part)
  .min(1)
  .max(MAX_PARTS)
  .describe('Body: fields and files, sent as a form of parts (multipart/form-data)')

/** One part of a multipart form, as the scenario gives it. `content` holds the bytes of `file` once they are read. */
export type MultipartPart = z.infer<typeof part> & { readonly content?: Buffer }
