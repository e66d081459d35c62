namespace Plum.Suites;

/// <summary>Why a test or an instruction was not kept.</summary>
public static class SuiteReasons
{
    /// <summary>A test whose arguments, or whose answer, are not Python literals.</summary>
    public const string NotALiteral = "not_a_literal";

    /// <summary>A test that was proposed before.</summary>
    public const string Duplicate = "duplicate";

    /// <summary>A test whose arguments or answer are too long.</summary>
    public const string TooLarge = "too_large";

    /// <summary>A test on which no reference returned.</summary>
    public const string NoReferenceReturned = "no_reference_returned";

    /// <summary>A test on which fewer references returned than are asked for.</summary>
    public const string FewReferencesReturned = "few_references_returned";

    /// <summary>A test whose most frequent answer too few references gave.</summary>
    public const string Disagreement = "disagreement";

    /// <summary>A test for which the teacher claimed something else: dropped where that left too little agreement, else outvoted.</summary>
    public const string TeacherDisagrees = "teacher_disagrees";

    /// <summary>A test for which too many of the references' answers violate a property that is believed.</summary>
    public const string PropertyViolated = "property_violated";

    /// <summary>A test whose answer changes with the hash seed or with the calls before it.</summary>
    public const string Flaky = "flaky";

    /// <summary>A test that takes too much of the CPU limit of a call.</summary>
    public const string Slow = "slow";

    /// <summary>A good test beyond the most that a suite may have, or a proposal beyond those that are tried.</summary>
    public const string Surplus = "surplus";

    /// <summary>A good test of an instruction that was dropped.</summary>
    public const string InstructionDropped = "instruction_dropped";

    /// <summary>An instruction on which the teacher gave no answer to one of its prompts.</summary>
    public const string TeacherFailed = "teacher_failed";

    /// <summary>An instruction no reference of which is a program that runs.</summary>
    public const string NoReference = "no_reference";

    /// <summary>An instruction none of whose references the sandbox could run.</summary>
    public const string Undecided = "undecided";

    /// <summary>An instruction whose suite too few of the references pass as a whole.</summary>
    public const string Inconsistent = "inconsistent";

    /// <summary>An instruction with too few good tests.</summary>
    public const string FewTests = "few_tests";

    /// <summary>An instruction whose tests a constant passes, or a function that returns an argument as it is.</summary>
    public const string Trivial = "trivial";
}
