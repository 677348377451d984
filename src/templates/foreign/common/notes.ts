/** A remark of a conversion about one part of the other tool's file: left out, read differently, or invalid. */
export interface Note {
  /** note: how something was understood; warning: something was left out; error: the value is invalid. */
  readonly severity: 'note' | 'warning' | 'error'
  readonly text: string
  /** The keys and indexes that lead to the part in the other tool's file; undefined for the whole file. */
  readonly path: readonly (string | number)[] | undefined
  readonly hint?: string | undefined
}

/** A receiver for the notes of a conversion, such as a list of texts. */
export interface NoteSink {
  push(text: string): unknown
}

/** The notes of one conversion, without duplicates. */
export class Notes implements NoteSink {
  private readonly notes = new Map<string, Note>()

  /** Adds a note about the whole file, without a place, that says how something was understood. */
  push(text: string): void {
    this.add({ severity: 'note', text, path: undefined })
  }

  add(note: Note): void {
    if (!this.notes.has(note.text)) this.notes.set(note.text, note)
  }

  get all(): Note[] {
    return [...this.notes.values()]
  }
}

/** Splits a dotted key name such as `a.b.0` into keys and indexes. */
export function pathOfName(name: string): (string | number)[] {
  return name.split('.').map((key) => (/^\d+$/.test(key) ? Number(key) : key))
}
