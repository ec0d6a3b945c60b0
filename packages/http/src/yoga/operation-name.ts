/** The parts of a parsed GraphQL document that are read. */
export interface GraphqlDocument {
  readonly definitions: readonly GraphqlDefinition[]
}

interface GraphqlDefinition {
  readonly kind: string
  readonly operation?: string
  readonly name?: { readonly value: string } | undefined
  readonly selectionSet?: { readonly selections: readonly GraphqlSelection[] }
}

interface GraphqlSelection {
  readonly kind: string
  readonly name?: { readonly value: string } | undefined
}

/**
 * Returns the name by which an operation is counted: `query.user` for its type and its first field, which the schema
 * declares; its own name only if that is in `known`, because clients may send any name.
 */
export function operationName(
  { definitions }: GraphqlDocument,
  chosen: string | null | undefined,
  known: ReadonlySet<string>,
): string {
  const operations = definitions.filter(({ kind }) => kind === 'OperationDefinition')
  const operation = operations.find(({ name }) => chosen != null && name?.value === chosen) ?? operations[0]
  const own = operation?.name?.value
  if (own !== undefined && known.has(own)) return own
  const field = operation?.selectionSet?.selections.find(({ kind }) => kind === 'Field')?.name?.value
  const type = operation?.operation ?? 'query'
  return field === undefined ? type : `${type}.${field}`
}
