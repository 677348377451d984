import { Markup, type MarkupPart, markup } from './markup.ts'

/** A column of a table: its heading, and whether it holds numbers, which are right-aligned. */
export interface TableColumn {
  readonly head: string
  readonly numeric?: boolean
  /** Least width: `wide` is for columns of sentences, `mid` for columns of names. */
  readonly width?: 'mid' | 'wide'
  /** Explains the heading in a tooltip. */
  readonly hint?: string
}

/** A cell with the number by which its column is sorted; null sorts last. */
interface SortedCell {
  readonly cell: MarkupPart
  readonly value: number | null
}

/** A cell of a table. Text and HTML are sorted by what is shown; a cell with a `value` is sorted by that number. */
export type TableCell = SortedCell | Markup | string

/** How a table looks beside its columns and rows. */
interface TableLook {
  /** What the table shows, for its caption. */
  readonly caption: string
  /** The script lets the reader sort it by any column. */
  readonly sortable?: boolean
  /** Number of rows that are not shown. */
  readonly hidden?: number
  /** The row below the others that sorting does not move. */
  readonly foot?: readonly TableCell[] | undefined
}

/** Returns an HTML table whose first column is its rows' headings. On a narrow page it scrolls sideways within its box. */
export function tableOf(columns: readonly TableColumn[], rows: readonly (readonly TableCell[])[], look: TableLook): Markup {
  const { caption, sortable = false, hidden = 0, foot } = look
  const line = (cells: readonly TableCell[]) => markup`<tr>${cells.map((cell, at) => cellOf(cell, columns[at], at === 0))}</tr>\n`
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="${caption}">
<table${sortable && rows.length > 1 ? new Markup(' data-sortable') : ''}>
<caption>${caption}</caption>
<thead>
<tr>${columns.map(headOf)}</tr>
</thead>
<tbody>
${rows.map(line)}</tbody>
${foot && markup`<tfoot>\n${line(foot)}</tfoot>\n`}</table>
</div>
${hidden > 0 && markup`<p class="more">… ${hidden} more, see result.json</p>\n`}`
}

function headOf({ head, numeric = false, width, hint }: TableColumn): Markup {
  return markup`<th scope="col"${classOf(numeric, width)}${hint !== undefined && markup` title="${hint}"`}>${head}</th>`
}

function cellOf(cell: TableCell, column: TableColumn | undefined, isName: boolean): Markup {
  const isSorted = typeof cell === 'object' && !(cell instanceof Markup)
  const inside = isSorted ? cell.cell : cell
  const value = isSorted && markup` data-value="${cell.value ?? ''}"`
  if (isName) return markup`<th scope="row"${value}>${inside}</th>`
  return markup`<td${classOf(column?.numeric, column?.width)}${value}>${inside}</td>`
}

function classOf(numeric = false, width?: TableColumn['width']): Markup | undefined {
  const name = numeric ? 'num' : width
  return name === undefined ? undefined : markup` class="${name}"`
}
