// Numbers as people read them: with units, grouped, and no more digits than they are worth.

const grouped = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** 9400 -> "9,400". */
export function count(value: number): string {
  return grouped.format(value);
}

/** "1 pair", "2 pairs". */
export function plural(value: number, one: string, many = one + 's'): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** Bytes in the units of disks: 1 kB is 1000 B. */
export function bytes(value: number): string {
  if (value < 1000) return `${Math.round(value)} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let scaled = value / 1000;
  let unit = 0;
  while (scaled >= 999.5 && unit < units.length - 1) {
    scaled /= 1000;
    unit++;
  }
  return `${scaled.toFixed(scaled < 9.95 ? 1 : 0)} ${units[unit] ?? ''}`;
}

/** A share between 0 and 1 as percent with `digits` decimals: 0.3124 -> "31.2 %". */
export function percent(share: number, digits = 1): string {
  return Number.isFinite(share) ? `${(share * 100).toFixed(digits)} %` : 'n/a';
}

/** Seconds as "8 s", "4 min 10 s", "2 h 5 min". */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return minutes < 10 && whole % 60 ? `${minutes} min ${whole % 60} s` : `${minutes} min`;
  const rest = minutes % 60;
  return rest ? `${Math.floor(minutes / 60)} h ${rest} min` : `${minutes / 60} h`;
}

/** Time left, rounded so that it does not flicker. */
export function timeLeft(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds)) return 'estimating time left';
  const rounded =
    seconds > 90 ? Math.round(seconds / 60) * 60 : seconds > 20 ? Math.round(seconds / 5) * 5 : seconds;
  return `${duration(rounded)} left`;
}

/** A rate with three significant digits at most: "412", "3.2", "0.45". */
export function rate(value: number): string {
  if (!Number.isFinite(value)) return 'n/a';
  return value >= 100 ? count(value) : value >= 1 ? value.toFixed(1) : value.toPrecision(2);
}

/** A loss: four significant digits, or words where it is not a number. */
export function loss(value: number): string {
  if (!Number.isFinite(value)) return 'not a number';
  const size = Math.abs(value);
  return size !== 0 && (size < 0.001 || size >= 1e5) ? value.toExponential(2) : value.toFixed(3);
}

/** "480 × 360". */
export function size(value: { width: number; height: number }): string {
  return `${value.width} × ${value.height}`;
}

const dates = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** A moment in milliseconds, in the reader's own way of writing dates. */
export function date(time: number): string {
  return dates.format(time);
}
