const archiveName = /\.(zip|tar|tgz|taz|gz|tbz2?|bz2|txz|xz|zst|7z|rar)$/i;

/** Whether a file's name is that of an archive, of those that are read and of those that are not. */
export const isArchiveName = (path: string): boolean => archiveName.test(path);
