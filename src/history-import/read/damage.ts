const MOST_NAMED = 20;

/** Where a file is damaged: the first places by name, the others counted. */
export class DamagePlaces {
  private readonly named: string[] = [];
  private count = 0;

  /** @param what a sentence's rest: “a comma is missing” */
  note(place: string, what: string): void {
    this.count += 1;
    if (this.named.length < MOST_NAMED) this.named.push(`${place}: ${what}.`);
  }

  get sentences(): readonly string[] {
    const more = this.count - this.named.length;
    return more === 0 ? this.named : [...this.named, `And ${more} more places.`];
  }
}
