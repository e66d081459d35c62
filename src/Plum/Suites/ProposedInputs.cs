using Plum.Sandboxes;

namespace Plum.Suites;

/// <summary>The calls that a teacher proposed for an instruction.</summary>
/// <param name="Calls">Distinct calls.</param>
/// <param name="Dropped">Proposals that are no test input, with their reasons.</param>
internal sealed record ProposedInputs(IReadOnlyList<ProposedCall> Calls, IReadOnlyList<DroppedTest> Dropped)
{
    private const int MostShown = 200;

    /// <summary>Nothing was proposed yet.</summary>
    public static ProposedInputs None { get; } = new([], []);

    /// <summary>These and others. A call that is there already gains the claim alone; an answer claims of a call once.</summary>
    /// <param name="origin">The mode that the others come from; it has an allowance of its own.</param>
    /// <param name="answers">The calls in each of the teacher's answers.</param>
    /// <param name="options">How long and how many they may be.</param>
    public ProposedInputs Add(string origin, IEnumerable<IEnumerable<FoundCall>> answers, SuiteOptions options)
    {
        List<ProposedCall> calls = [.. Calls];
        List<DroppedTest> dropped = [.. Dropped];
        Dictionary<string, int> places = Places();
        HashSet<(int, string)> claimed = [];
        foreach ((int answer, FoundCall one) in answers.Index().SelectMany(answer => answer.Item.Select(one => (answer.Index, one))))
        {
            if (one.Parse(options) is not { } call)
            {
                dropped.Add(Drop(one.Arguments, one.Arguments.Length > FoundCall.Longest(options) ? SuiteReasons.TooLarge : SuiteReasons.NotALiteral));
                continue;
            }

            string canonical = call.ToString();
            IReadOnlyList<Expectation> claims = one.Claim is { } claim && claimed.Add((answer, canonical)) ? [claim] : [];
            if (canonical.Length > options.MaxLength)
            {
                dropped.Add(Drop(canonical, SuiteReasons.TooLarge));
            }
            else if (places.TryGetValue(canonical, out int place))
            {
                if (claims.Count > 0) calls[place] = calls[place] with { Claims = [.. calls[place].Claims, .. claims] };
                dropped.Add(Drop(canonical, SuiteReasons.Duplicate));
            }
            else if (calls.Count - Calls.Count >= options.MaxInputs)
            {
                dropped.Add(Drop(canonical, SuiteReasons.Surplus));
            }
            else
            {
                places[canonical] = calls.Count;
                calls.Add(new(canonical, call, origin, claims));
            }
        }

        return new(calls, dropped);
    }

    /// <summary>The calls' indices by their arguments.</summary>
    public Dictionary<string, int> Places() => Calls.Index().DistinctBy(call => call.Item.Arguments).ToDictionary(call => call.Item.Arguments, call => call.Index);

    /// <summary>These, and variations of them.</summary>
    /// <param name="count">How many more.</param>
    /// <param name="programs">The references, whose numbers are bounds to try.</param>
    /// <param name="random">Decides which.</param>
    public ProposedInputs Varied(int count, IEnumerable<string> programs, RandomStream random) => count == 0
        ? this
        : this with { Calls = [.. Calls, .. new InputVariation([.. Calls.Select(input => input.Call)], programs).Make(count, random).Select(call => new ProposedCall(call.ToString(), call, SuiteModes.Varied, []))] };

    private static DroppedTest Drop(string arguments, string reason) =>
        new(arguments.Length > MostShown ? string.Concat(arguments.AsSpan(0, MostShown), "...") : arguments, reason, 0);
}
