/** A stored object. */
export interface StoredObject {
  readonly sizeBytes: number
  readonly contentType: string | undefined
  readonly key: string | undefined
}

/** Maximum number of open uploads in parts; further ones are not reported. */
const MAX_UPLOADS = 1000

/** Adds up the parts of objects until they are complete. */
export interface PartSizes {
  begin(uploadId: string | undefined, object: Omit<StoredObject, 'sizeBytes'>): void
  /** A part that is uploaded again replaces the earlier one. */
  add(uploadId: string, part: number, sizeBytes: number): void
  /** Removes an upload; returns the stored object, undefined for an unknown upload. */
  end(uploadId: string): StoredObject | undefined
}

export function createPartSizes(): PartSizes {
  const uploads = new Map<
    string,
    { readonly object: Omit<StoredObject, 'sizeBytes'>; readonly sizes: Map<number, number> }
  >()
  return {
    begin(uploadId, object) {
      if (uploadId !== undefined && uploads.size < MAX_UPLOADS) uploads.set(uploadId, { object, sizes: new Map() })
    },
    add(uploadId, part, sizeBytes) {
      uploads.get(uploadId)?.sizes.set(part, sizeBytes)
    },
    end(uploadId) {
      const upload = uploads.get(uploadId)
      uploads.delete(uploadId)
      if (upload === undefined) return undefined
      const sizeBytes = [...upload.sizes.values()].reduce((sum, size) => sum + size, 0)
      return { ...upload.object, sizeBytes }
    },
  }
}
