// A confusion matrix as it is shown: rows are the truth, columns the prediction.
import type { LabelClass } from '../../../data/types';

/** Each row as shares of its sum; null in the rows of classes that have no pixel. */
export function rowShares(confusion: readonly (readonly number[])[]): (number | null)[][] {
  return confusion.map((row) => {
    const total = row.reduce((sum, value) => sum + value, 0);
    return row.map((value) => (total > 0 ? value / total : null));
  });
}

/** The columns of the matrix as a file: the names of the true classes, then the pixels taken for each class. */
export function confusionColumns(
  classes: readonly Pick<LabelClass, 'name'>[],
  confusion: readonly (readonly number[])[],
): (string | number)[][] {
  return [
    classes.map(({ name }) => name),
    ...classes.map((_, column) => confusion.map((row) => row[column] ?? 0)),
  ];
}
