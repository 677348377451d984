import * as z from 'zod'
import { lateObject, templated } from '../../../fields.ts'

/** The kinds of message parts that are not text: image, audio and file. */
export const ATTACHMENT_KINDS = ['image', 'audio', 'file'] as const

const SOURCE =
  'a path in the folder of the scenario (at most 8 MiB, read once, before the load), or an address (https://…), which may be a template'
const source = (what: string) => z.string().min(1).optional().describe(`${what}: ${SOURCE}`)

const part = lateObject(() => ({
  text: templated().optional().describe('A text'),
  image: source('An image'),
  audio: source('A sound, silence:2s for silence of that length'),
  file: source('Another file, such as a PDF'),
  type: z
    .string()
    .regex(/^[\w.+-]+\/[\w.+-]+$/, 'expected a media type such as image/png')
    .optional()
    .describe('Media type of the image, sound or file, such as image/png; left out: by the end of its name'),
}))
  .refine(
    ({ text, image, audio, file }) => [text, image, audio, file].filter((one) => one !== undefined).length === 1,
    'expected exactly one of text, image, audio, file',
  )
  .refine(({ text, type }) => text === undefined || type === undefined, {
    message: 'a text has no media type',
    path: ['type'],
  })

/** The schema of a message that consists of parts: texts, images, sounds and files, in the order in which they are sent. */
export const messageParts = z.array(part).min(1, 'expected at least one part').max(100)

/** One part of a chat message (a text, image, sound or file), as the scenario writes it, after validation. */
export type PartBlock = z.output<typeof part>
