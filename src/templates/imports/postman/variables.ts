/** Variables of Postman, which are written like ours: names that are not allowed here are changed, made-up values become helpers. */
import { templateHelpers } from '../../../language/helpers/helpers.ts'
import { BUILT_IN, IN_LOOP, OLD_NAMES } from '../../../scenario/lint/built-in.ts'
import { isSecretName } from '../../../text/secrets.ts'
import { type Piece, type Vault, withTemplates } from '../../foreign/common/literal.ts'
import type { Data } from '../../template.ts'

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

/** Helpers that give a number or true and false: inside of quotes Postman makes text of them. */
const NO_TEXT = new Set(['unixTimestamp', 'randomInt 0 1000', 'pick true false'])
const USE = /\{\{\s*([^{}]+?)\s*\}\}/g
/** Variables that hold each other. */
const MAX_HOPS = 20

/** Words that mean something else in a template. */
const TAKEN = new Set([
  ...templateHelpers.map(({ name }) => name),
  ...[BUILT_IN, IN_LOOP, OLD_NAMES].flatMap((table) => Object.keys(table)),
  ...'payload env if each with unless else this true false null undefined constructor prototype __proto__'.split(' '),
])

export class PostmanVariables {
  /** Values by the names that they have here. */
  readonly vars: Record<string, unknown> = {}
  private readonly notes: string[]
  private readonly values = new Map<string, string>()
  private readonly names = new Map<string, string>()

  constructor(list: readonly Data[], vault: Vault, notes: string[]) {
    this.notes = notes
    const declared = list.filter(({ key, id, disabled }) => disabled !== true && String(key ?? id ?? '').trim() !== '')
    const secrets = new Map<string, string>()
    for (const { key, id, value, type } of declared) {
      const name = String(key ?? id).trim()
      const text = typeof value === 'string' ? value : JSON.stringify(value ?? '')
      if (this.values.has(name) || secrets.has(name)) continue
      const secret = text !== '' && !USE_ONLY.test(text) && (type === 'secret' || isSecretName(name))
      if (secret) secrets.set(name, vault.keep(text, `TARGET_${this.nameOf(name).toUpperCase()}`, `variable ${name}`))
      else this.values.set(name, text)
    }
    for (const [name, reference] of secrets) this.vars[this.nameOf(name)] = reference
    for (const [name, text] of this.values) this.vars[this.nameOf(name)] = this.inlined(text, secrets)
  }

  /** The text with its variables renamed; one that nobody declared comes from the environment. `${` is escaped. */
  text(text: string): string {
    return withTemplates(this.pieces(text))
  }

  /** The same for a text in the JSON of a body, where a number in quotes is text. */
  quoted(text: string): string {
    const [only, ...more] = this.pieces(text).filter((piece) => piece !== '')
    const number = typeof only === 'object' && more.length === 0 && NO_TEXT.has(only.template.slice(2, -2))
    return number ? `${only.template}{{!}}` : this.text(text)
  }

  /** The text with the values of plain variables put in: an address has to be known. */
  filled(text: string, hops = 0): string {
    const once = text.replace(USE, (all, written: string) => this.values.get(written) ?? all)
    return once === text || hops === MAX_HOPS ? text : this.filled(once, hops + 1)
  }

  private pieces(text: string): Piece[] {
    return split(text).map((piece) =>
      typeof piece === 'string' ? piece : (this.dynamic(piece.use) ?? { template: `{{${this.known(piece.use)}}}` }),
    )
  }

  /** The value of a variable, those in it put in: variables cannot read each other. */
  private inlined(text: string, secrets: ReadonlyMap<string, string>): string {
    const references: string[] = []
    const pieces = split(this.filled(text)).map((piece): Piece => {
      if (typeof piece === 'string') return piece
      const { use } = piece
      const dynamic = this.dynamic(use)
      if (dynamic !== undefined) return dynamic
      if (this.values.has(use)) this.notes.push(`{{${use}}} holds itself: it stays as it is`)
      if (this.values.has(use)) return `{{${use}}}`
      references.push(secrets.get(use) ?? this.fromEnvironment(use))
      return { template: `{{=${references.length - 1}=}}` }
    })
    return withTemplates(pieces).replace(/\{\{=(\d+)=\}\}/g, (_all, index: string) => references[Number(index)] ?? '')
  }

  private dynamic(use: string): Piece | undefined {
    if (!use.startsWith('$')) return undefined
    const helper = DYNAMIC[use]
    if (helper !== undefined) return { template: `{{${helper}}}` }
    this.notes.push(`{{${use}}} has no equivalent here; "example" stands in its place`)
    return 'example'
  }

  private known(use: string): string {
    const name = this.nameOf(use)
    this.vars[name] ??= this.fromEnvironment(use)
    return name
  }

  private fromEnvironment(use: string): string {
    const name = this.nameOf(use)
    this.notes.push(`{{${use}}} is not a variable of the collection: set the environment variable ${name}`)
    return `\${env.${name}}`
  }

  /** Letters, digits and _ only, and no word of the language; each variable has its own. */
  private nameOf(written: string): string {
    const known = this.names.get(written)
    if (known !== undefined) return known
    const word = written.replace(/\W+/g, '_').replace(/^(\d|_*$)/, '_$1')
    const base = TAKEN.has(word) ? `${word}_value` : word
    const taken = new Set(this.names.values())
    let name = base
    for (let count = 2; taken.has(name); count += 1) name = `${base}_${count}`
    this.names.set(written, name)
    return name
  }
}

/** A value that is nothing but a variable is no secret itself. */
const USE_ONLY = /^\{\{[^{}]+\}\}$/

function split(text: string): (string | { readonly use: string })[] {
  const parts = text.split(USE)
  return parts.map((part, index) => (index % 2 === 0 ? part : { use: part.trim() }))
}
