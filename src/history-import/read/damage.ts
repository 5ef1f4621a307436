const MOST_NAMED = 20;

/** The first places are named, the others only counted. */
export class DamagePlaces {
  private readonly named: string[] = [];
  private count = 0;

  /** @param what completes a sentence: “a comma is missing” */
  note(place: string, what: string): void {
    this.count += 1;
    if (this.named.length < MOST_NAMED) this.named.push(`${place}: ${what}.`);
  }

  get sentences(): readonly string[] {
    const more = this.count - this.named.length;
    return more === 0 ? this.named : [...this.named, `And ${more} more places.`];
  }
}
