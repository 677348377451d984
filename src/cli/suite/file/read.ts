/** Reads a suite file as scenarios are read: YAML or JSON, with the place of every problem. */
import type { Problem } from '../../../errors.ts'
import { adaptValues } from '../../../scenario/explain/adapt.ts'
import { explain } from '../../../scenario/explain/explain.ts'
import { hasErrors, inOrder, toProblem } from '../../../scenario/explain/problems.ts'
import { type Parsed, type ParseOptions, parseScenario } from '../../../scenario/read/read.ts'
import { readSource } from '../../../scenario/read/source-file.ts'
import { isSecretVariable } from '../../../text/secrets.ts'
import { keepSecret, secretsIn, secretsWritten, secretValues } from '../../output/known-secrets.ts'
import { rulesOf } from './rules.ts'
import { type Suite, suiteSchema } from './schema.ts'

/** A suite file after parsing: its content, its problems, and a function that finds the line of a value in the file. */
export interface ReadSuite {
  readonly file: string
  /** The content of the suite file; undefined when it has errors. */
  readonly suite: Suite | undefined
  readonly locate: Parsed['locate']
  readonly problems: readonly Problem[]
}

/** Parses a suite file and checks it against the schema. Errors in it are returned as problems. @throws ScenarioError when the file cannot be read */
export function readSuite(file: string, options: ParseOptions = {}): ReadSuite {
  const { text } = readSource(file)
  keepSecret(secretsWritten(text))
  const { value, locate, problems: found, references, envUsed } = parseScenario(text, file, options)
  if (value === undefined) return { file, suite: undefined, locate, problems: found }
  keepSecret([...secretValues(envUsed), ...secretsIn(value)])
  const adapted = adaptValues(value, references, suiteSchema)
  const checked = suiteSchema.safeParse(adapted)
  const misfits = checked.success ? rulesOf(checked.data, file) : explain(checked.error.issues, suiteSchema, adapted)
  const problems = inOrder([...found, ...misfits.map((finding) => toProblem(finding, locate))], file)
  if (checked.success) keepSecret(secretVars(checked.data))
  return { file, suite: checked.success && !hasErrors(problems) ? checked.data : undefined, locate, problems }
}

/** Returns the values of the suite's variables whose names say that they are secret. */
function secretVars({ defaults, tests = [], matrix }: Suite): string[] {
  const all = [defaults, ...tests, matrix].flatMap((one) => Object.entries(one?.vars ?? {}))
  return all.flatMap(([name, value]) => (isSecretVariable(name) ? [value].flat().map(String) : []))
}
