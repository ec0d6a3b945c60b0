import { fileStoredMapping, fileUploadMapping } from './mappings/file.js'
import type { Recording } from './recording.js'

export interface FileUpload {
  readonly sizeBytes: number
  /** Media type; its parameters are removed. Default `application/octet-stream`, as upstream. */
  readonly contentType?: string | null | undefined
  readonly fileCount?: number | undefined
  readonly user?: string | null | undefined
}

export interface StoredFile extends FileUpload {
  /** Storage key: read for its category, never kept (A35). */
  readonly key?: string | undefined
  readonly category?: 'uploads' | 'generated' | 'other' | undefined
}

/** Says that a user uploaded a file: `file_upload` (A24–A26). */
export function trackFileUpload(recording: Recording, file: FileUpload): void {
  recording.guard('file', () =>
    recording.observe(fileUploadMapping, { ...observed(file), category: undefined }, file.user),
  )
}

/** Says that a file was stored: `file_stored` (A27–A30). */
export function trackFileStored(recording: Recording, file: StoredFile): void {
  recording.guard('file', () =>
    recording.observe(
      fileStoredMapping,
      { ...observed(file), category: file.category ?? categoryOf(file.key) },
      file.user,
    ),
  )
}

function observed(file: FileUpload) {
  const contentType = file.contentType === undefined ? 'application/octet-stream' : (file.contentType ?? undefined)
  return { sizeBytes: file.sizeBytes, contentType, fileCount: file.fileCount }
}

/** `generated` is tried first, as upstream does; a key that begins with the folder counts as one that contains it. */
function categoryOf(key: string | undefined): 'uploads' | 'generated' | 'other' {
  const path = `/${key ?? ''}`
  if (path.includes('/generated/')) return 'generated'
  return path.includes('/uploads/') ? 'uploads' : 'other'
}
