/** A scenario to check, and its problems on a line each. */
import type { Problem } from '../../../src/errors.ts'
import { type ValidateOptions, validateScenario } from '../../../src/scenario/validate.ts'

export const BASE = 'name: t\ntarget: { url: "http://127.0.0.1/a", model: small }\nsteps: [ { message: hi } ]\n'

export const check = (text: string, options: ValidateOptions = {}) => validateScenario(text, 'a.yaml', { env: {}, ...options })

export const shown = ({ file, line, column, code, message }: Problem) =>
  `${file.split('/').at(-1)}:${line}:${column} ${code} ${message}`
