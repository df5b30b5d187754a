/** The part of jStat that Rotor uses; the package has no types of its own. */
declare module 'jstat' {
  interface NormalLaw {
    cdf(value: number, mean: number, deviation: number): number;
    inv(share: number, mean: number, deviation: number): number;
  }

  const jstat: { readonly jStat: { readonly normal: NormalLaw } };
  export = jstat;
}
