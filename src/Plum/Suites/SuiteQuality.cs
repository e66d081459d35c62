namespace Plum.Suites;

/// <summary>What some suites are worth by themselves, without any truth to compare with.</summary>
/// <param name="Suites">How many were measured: kept ones whose best reference passes its own suite again.</param>
/// <param name="Mutants">Mutants of their references that another input tells from the reference, or a test of the suite.</param>
/// <param name="Killed">... that fail their suite.</param>
/// <param name="Equivalent">Mutants that no input tells from the reference: they are not counted.</param>
/// <param name="LineCoverage">The share of the references' lines that the suites reach; 0 where nothing was measured.</param>
/// <param name="BranchCoverage">The share of the outcomes of their conditions that the suites see; 0 where there are none.</param>
public sealed record SuiteQuality(int Suites, int Mutants, int Killed, int Equivalent, double LineCoverage, double BranchCoverage)
{
    /// <summary>The share of mutants that are killed; 0 where there are none.</summary>
    public double MutationScore => Mutants > 0 ? (double)Killed / Mutants : 0;
}
