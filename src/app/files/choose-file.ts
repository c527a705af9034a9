// A place on the disk that a person chooses for a large file, in browsers that have a dialog for it.

type SavePicker = (options: {
  suggestedName: string;
  types: { accept: Record<string, string[]> }[];
}) => Promise<FileSystemFileHandle>;

/**
 * The file that was chosen, 'cancelled' where none was, or null where the browser has no such dialog and saves to its own
 * folder. `accept` has endings by media type.
 */
export async function chooseFile(
  suggestedName: string,
  accept: Record<string, string[]>,
): Promise<FileSystemFileHandle | 'cancelled' | null> {
  const picker = (window as { showSaveFilePicker?: SavePicker }).showSaveFilePicker;
  if (!picker) return null;
  try {
    return await picker({ suggestedName, types: [{ accept }] });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return 'cancelled';
    // Some systems forbid the dialog; the browser's own folder is left.
    return null;
  }
}
