import { problemKind } from '../../read/source/finding.ts'

/**
 * Returns what a reference may be meant for. Environment variables are usually in capitals, and variables of a scenario are not, so the likelier
 * comes first.
 */
function ways(name: string | undefined): string[] {
  const both = [`\${env.${name ?? 'NAME'}}`, `{{${name ?? 'name'}}} for a variable of the scenario`]
  return name !== undefined && /[a-z]/.test(name) ? [both[1] ?? '', `${both[0]} for one of the environment`] : both
}

/**
 * The error of `burn validate` for a `${…}` that is no valid reference such as `${env.NAME}`, that stands where references are not allowed, or that
 * is one of too many in a text.
 */
export const E_ENV_SYNTAX = problemKind('E_ENV_SYNTAX', {
  unclosed: () => ['"${" is never closed', 'write $${ for a plain ${'],
  notReference: (body: string) => {
    const name = /^(?:env[.:]?)?\s*([A-Za-z_]\w*)/.exec(body)?.[1]
    const hint = `write ${ways(name).join(', ')}, or $\${ for a plain \${`
    return [`\${${body.slice(0, 40)}} is not a reference to the environment`, hint]
  },
  tooMany: (most: number) => [`more than ${most} references to the environment in one text`],
  inKey: () => ['a key cannot hold a reference to the environment'],
})
