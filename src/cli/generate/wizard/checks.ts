/** Checks of wizard answers: each returns undefined for a valid answer, else what was expected. */
import { allSchemes, schemesOf } from '../../../connectors/index.ts'
import { isFilePath } from '../../output/new-files.ts'

/** Checks a target's address, which may hold templates; with `protocol` it has to be an address of that protocol. */
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
  if (/^[a-z]+:\/\/[^/?#]*@/i.test(text)) return 'No user names or passwords in the address: the next question is about the key'
  return text.includes('{{') || URL.canParse(text) ? undefined : 'This is not an address'
}

/** Checks the name of an environment variable; `-` stands for none. */
export function checkVariable(answer: string): string | undefined {
  const text = answer.trim()
  return text === '-' || /^[A-Za-z_]\w*$/.test(text)
    ? undefined
    : 'The name of the variable, not the key itself: letters, digits and _'
}

/** Checks the path of a scenario file: it must end in .yaml, .yml or .json. */
export function checkPath(answer: string): string | undefined {
  return isFilePath(answer.trim()) ? undefined : 'A file that ends with .yaml or .json'
}
