/** The schema of `burn.config.yaml`: defaults for flags, and for keys that a scenario leaves out. */
import * as z from 'zod'
import { UsageError } from '../../errors.ts'
import { type JsonSchema, shareParts } from '../../scenario/schema/json-schema-parts.ts'
import { scenarioSchema } from '../../scenario/schema/schema.ts'
import { parseJournalLevel } from '../../store/journal/level.ts'
import { parseAge, parseDuration, parsePercent } from '../../text/units.ts'
import { allowsHost } from '../load/public/allow-list.ts'
import { withUnit } from '../load/run-flags.ts'
import { reportRequests } from '../report/request.ts'

const SCHEMA_ID = 'urn:burn:schema:config:1'

/** Returns the schema of a text that `parse` accepts; the message of an error that `parse` throws becomes the problem. */
const parsedBy = (parse: (text: string) => unknown) =>
  z.string().superRefine((text, context) => {
    try {
      parse(text)
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      const hint = error instanceof UsageError && error.hint !== undefined ? `; ${error.hint}` : ''
      context.addIssue({ code: 'custom', message: message + hint })
    }
  })

const orList = <T extends z.ZodType<string>>(text: T) => z.union([text, z.array(text)])

const AGE = 'expected an age such as 30d'

function isShare(value: string | number): boolean {
  const share = typeof value === 'string' ? (parsePercent(value) ?? (/\d/.test(value) ? Number(value) : Number.NaN)) : value
  return share >= 0 && share <= 1
}

/** The schema of `burn.config.yaml`. */
export const configSchema = z
  .strictObject({
    out: z
      .string()
      .min(1)
      .optional()
      .describe('Folder for results, in which each run gets a folder of its own; burn-results when left out'),
    profile: z.string().min(1).optional().describe('Profile to apply: --profile'),
    environment: z.string().min(1).optional().describe('Environment to apply: --environment'),
    report: orList(parsedBy(reportRequests)).optional().describe('More reports of a run, such as [junit, md]: --report'),
    log: parsedBy(parseJournalLevel).optional().describe('Conversations to keep, all, errors, sample:0.1 or none: --log'),
    prices: z.string().min(1).optional().describe('File with prices by model: --prices'),
    varsFile: orList(z.string().min(1)).optional().describe('.env files for ${env.NAME}: --vars-file'),
    secretsDir: z.string().min(1).optional().describe('Folder of the secrets that ${file.NAME} reads: --secrets-dir'),
    allow: z
      .array(parsedBy((host) => allowsHost([host])))
      .optional()
      .describe('Public hosts that may get a large load, such as "*.staging.example.com": --allow'),
    allowLag: z
      .string()
      .refine((text) => parseDuration(withUnit('allowLag', text, 'ms')) !== undefined, 'expected a duration such as 50ms')
      .optional()
      .describe("How much of the generator's own lateness is accepted: --allow-lag"),
    maxErrorRate: z
      .union([z.string(), z.number()])
      .refine(isShare, 'expected a share from 0 to 100%, such as 5% or 0.05')
      .optional()
      .describe('Largest share of errors, such as 5% or 0.05: --max-error-rate'),
    thresholds: scenarioSchema.shape.thresholds.describe('Thresholds of scenarios that have none of their own'),
    graceful: scenarioSchema.shape.graceful.describe('Graceful time (graceful) of scenarios that set none'),
    retention: z
      .string(AGE)
      .refine((text) => parseAge(text) !== undefined, AGE)
      .optional()
      .describe('Age from which `burn runs rm` removes runs when it names neither runs nor an age'),
  })
  .describe('Defaults for flags, and for keys that a scenario leaves out. Paths are relative to the folder of this file')

/** The content of `burn.config.yaml` after validation. */
export type Config = z.output<typeof configSchema>

/** Returns the JSON Schema (draft 2020-12) of `burn.config.yaml`, with which editors check that file. */
export function configJsonSchema(): JsonSchema {
  const { $schema, description, ...rest } = shareParts(z.toJSONSchema(configSchema, { io: 'input', target: 'draft-2020-12' }))
  return { $schema, $id: SCHEMA_ID, title: 'burn configuration', description, ...rest }
}
