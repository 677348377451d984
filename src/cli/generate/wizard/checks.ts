import { allSchemes, schemesOf } from '../../../connectors/index.ts'
import { holdsCredentials } from '../../../text/written-secrets.ts'
import { isFilePath } from '../../output/new-files.ts'

/** Returns why the address of a target is invalid; undefined when it is valid. If `protocol` is given, the address must be one of that protocol. */
export function checkAddress(answer: string, protocol?: string): string | undefined {
  const text = answer.trim()
  if (/^mock:/i.test(text)) return undefined
  const scheme = /^[a-z][a-z0-9+.-]*:(?=\/\/.)/i.exec(text)?.[0].toLowerCase() ?? ''
  if (!Object.hasOwn(allSchemes(), scheme)) return 'An address begins with its scheme, such as https:// or ws://'
  const own = schemesOf(protocol ?? '')
  if (protocol !== undefined && !own.includes(scheme)) {
    const plain = own.filter((name) => !own.includes(name.replace(/s:$/, ':')) || !name.endsWith('s:'))
    return `This speaks ${protocol}: its addresses begin with ${plain.map((name) => `${name}//`).join(' or ')} (with an s for TLS)`
  }
  if (/^[a-z]+:\/\/[^/?#]*@/i.test(text) || holdsCredentials(text))
    return 'No user names or passwords in the address, and no keys: the next question is about the key'
  return text.includes('{{') || URL.canParse(text) ? undefined : 'This is not an address'
}

/** Returns why the name of an environment variable is invalid; undefined when it is valid, or is `-` for "none". */
export function checkVariable(answer: string): string | undefined {
  const text = answer.trim()
  return text === '-' || /^[A-Za-z_]\w*$/.test(text)
    ? undefined
    : 'The name of the variable, not the key itself: letters, digits and _'
}

/** Returns why a path is invalid for a scenario file; undefined when it ends in .yaml, .yml or .json. */
export function checkPath(answer: string): string | undefined {
  return isFilePath(answer.trim()) ? undefined : 'A file that ends with .yaml or .json'
}
