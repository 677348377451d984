/** The schema of `tags:` of a target, a group, a flow or a step: names and values by which the result groups attempts. */
import * as z from 'zod'
import { templated } from '../../fields.ts'
import { TAG_NAME } from '../../metrics/groups/tag-registry.ts'

/** Names of the tags that burn gives to every attempt, which a scenario cannot set. */
const OWN_TAGS = ['step', 'phase', 'target', 'flow', 'group', 'fault'] as const
/** The largest number of tags in one block. The number of their values is limited during the run. */
const MAX_TAGS = 20

const name = z
  .string()
  .regex(TAG_NAME, 'expected a tag name: a letter, then letters, digits, _ . or -, at most 40')
  .refine((text) => !OWN_TAGS.some((own) => own === text), {
    error: 'expected another name, every attempt has a tag of this one by itself',
  })

/** The schema of a `tags` block: names and values by which attempts can be told apart. Values that are numbers or booleans become texts. */
export const tagsSchema = z
  .record(name, z.union([templated(), z.number(), z.boolean()]).transform(String))
  .refine((tags) => Object.keys(tags).length <= MAX_TAGS, `at most ${MAX_TAGS} tags`)
  .describe(
    'Names and values that tell attempts apart, in the result and in thresholds ({name=value}); values may hold templates',
  )

/** A `tags` block: names with values, all texts. */
export type Tags = z.output<typeof tagsSchema>
