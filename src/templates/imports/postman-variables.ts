/** Variables of Postman, which are written like ours: names that are not allowed here are changed, made-up values become helpers. */
import { isSecretName } from '../../secrets.ts'
import { isMap } from '../foreign/fields.ts'
import type { Vault } from '../foreign/literal.ts'
import type { Data } from '../template.ts'

/** Dynamic variables with a helper of the same meaning. */
const DYNAMIC: Readonly<Record<string, string>> = {
  $guid: 'uuid',
  $randomUUID: 'uuid',
  $timestamp: 'unixTimestamp',
  $isoTimestamp: 'isoTimestamp',
  $randomInt: 'randomInt 0 1000',
  $randomFirstName: 'firstName',
  $randomLastName: 'lastName',
  $randomFullName: 'fullName',
  $randomEmail: 'email',
  $randomExampleEmail: 'email',
  $randomCity: 'city',
  $randomCompanyName: 'company',
  $randomPhoneNumber: 'phone',
  $randomLoremSentence: 'sentence',
  $randomLoremParagraph: 'paragraph',
  $randomWord: 'randomText 1',
  $randomWords: 'randomText 3',
  $randomBoolean: 'pick true false',
}

const USE = /\{\{\s*([^{}]+?)\s*\}\}/g

export class PostmanVariables {
  /** Values by the names that they have here. */
  readonly vars: Record<string, unknown> = {}
  private readonly notes: string[]
  private readonly plain = new Map<string, string>()

  constructor(list: unknown, vault: Vault, notes: string[]) {
    this.notes = notes
    for (const entry of Array.isArray(list) ? list.filter(isMap) : []) this.declare(entry, vault)
  }

  private declare({ key, id, value, type, disabled }: Data, vault: Vault): void {
    const name = nameOf(String(key ?? id ?? ''))
    if (disabled === true || name === '') return
    const text = typeof value === 'string' ? value : JSON.stringify(value ?? '')
    const secret = text !== '' && (type === 'secret' || isSecretName(name))
    if (!secret) this.plain.set(name, text)
    this.vars[name] = secret ? vault.keep(text, `TARGET_${name.toUpperCase()}`, `variable ${name}`) : this.text(text)
  }

  /** The text with its variables renamed; one that nobody declared comes from the environment. `${` is escaped. */
  text(text: string): string {
    return text
      .replaceAll('${', () => '$${')
      .replace(USE, (_all, written: string) => {
        if (written.startsWith('$')) return this.dynamic(written)
        const name = nameOf(written)
        if (this.vars[name] === undefined) {
          this.vars[name] = `\${env.${name}}`
          this.notes.push(`{{${written}}} is not a variable of the collection: set the environment variable ${name}`)
        }
        return `{{${name}}}`
      })
  }

  private dynamic(written: string): string {
    const helper = DYNAMIC[written]
    if (helper !== undefined) return `{{${helper}}}`
    this.notes.push(`{{${written}}} has no equivalent here; "example" stands in its place`)
    return 'example'
  }

  /** The text with the values of plain variables put in: an address has to be known. */
  filled(text: string, depth = 0): string {
    if (depth > 5) return text
    const once = text.replace(USE, (all, written: string) => this.plain.get(nameOf(written)) ?? all)
    return once === text ? text : this.filled(once, depth + 1)
  }
}

/** Words that mean something else in a template. */
const TAKEN = new Set([
  'user',
  'vu',
  'iteration',
  'model',
  'run',
  'reply',
  'conversation',
  'message',
  'loop',
  'index',
  'uuid',
  'now',
  'email',
  'city',
  'company',
  'phone',
  'json',
  'pick',
  'default',
  'lookup',
  'if',
  'each',
  'with',
  'unless',
])

/** Letters, digits and _ only. */
function nameOf(name: string): string {
  const word = name.trim().replace(/\W+/g, '_').replace(/^(\d)/, '_$1')
  return TAKEN.has(word) ? `${word}_value` : word
}
