/** Converts variables of Postman, whose syntax is that of burn's templates: invalid names are changed, dynamic variables become helpers. */
import { templateHelpers } from '../../../language/helpers/helpers.ts'
import { BUILT_IN, IN_LOOP, OLD_NAMES } from '../../../scenario/lint/built-in.ts'
import { isSecretName } from '../../../text/secrets.ts'
import { type Piece, type Vault, withTemplates } from '../../foreign/common/literal.ts'
import type { Data } from '../../template.ts'

/** Postman's dynamic variables, with the template helpers of the same meaning. */
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

/** Helpers that return a number or boolean, and that Postman turns into text inside quotes in JSON. */
const NO_TEXT = new Set(['unixTimestamp', 'randomInt 0 1000', 'pick true false'])
const USE = /\{\{\s*([^{}]+?)\s*\}\}/g
/** The largest number of variables followed in a row, which ends circles of variables. */
const MAX_HOPS = 20

/** Names that have another meaning in burn's templates. */
const TAKEN = new Set([
  ...templateHelpers.map(({ name }) => name),
  ...[BUILT_IN, IN_LOOP, OLD_NAMES].flatMap((table) => Object.keys(table)),
  ...'payload env if each with unless else this true false null undefined constructor prototype __proto__'.split(' '),
])

/** The variables of a Postman collection, with the names that they get in the scenario, which does not allow every name. */
export class PostmanVariables {
  /** The scenario's `vars` block: the value of each variable by its new name. */
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

  /** Returns a text with its variables renamed and `${` escaped. Undeclared variables are read from the environment. */
  text(text: string): string {
    return withTemplates(this.pieces(text))
  }

  /** Renames variables as `text` does, for a text inside a JSON body, and also keeps a number in quotes from becoming a number. */
  quoted(text: string): string {
    const [only, ...more] = this.pieces(text).filter((piece) => piece !== '')
    const number = typeof only === 'object' && more.length === 0 && NO_TEXT.has(only.template.slice(2, -2))
    return number ? `${only.template}{{!}}` : this.text(text)
  }

  /** Returns a text, such as an address, with variables replaced by their values except secrets. `hops` counts repetitions. */
  filled(text: string, hops = 0): string {
    const once = text.replace(USE, (all, written: string) => this.values.get(written) ?? all)
    return once === text || hops === MAX_HOPS ? text : this.filled(once, hops + 1)
  }

  private pieces(text: string): Piece[] {
    return split(text).map((piece) =>
      typeof piece === 'string' ? piece : (this.dynamic(piece.use) ?? { template: `{{${this.known(piece.use)}}}` }),
    )
  }

  /** Returns the value of a variable with other variables filled in, because variables of a scenario cannot refer to each other. */
  private inlined(text: string, secrets: ReadonlyMap<string, string>): string {
    const references: string[] = []
    const pieces = split(this.filled(text)).map((piece): Piece => {
      if (typeof piece === 'string') return piece
      const { use } = piece
      const dynamic = this.dynamic(use)
      if (dynamic !== undefined) return dynamic
      if (this.values.has(use)) this.notes.push(`{{${use}}} refers to itself: it stays unchanged`)
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
    this.notes.push(`{{${use}}} has no equivalent in burn; "example" stands in its place`)
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

  /** Returns the unique name of a variable in the scenario: letters, digits and _ only, and no name with another meaning. */
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

/** Matches a value that consists only of a variable, and so is no secret itself. */
const USE_ONLY = /^\{\{[^{}]+\}\}$/

function split(text: string): (string | { readonly use: string })[] {
  const parts = text.split(USE)
  return parts.map((part, index) => (index % 2 === 0 ? part : { use: part.trim() }))
}
