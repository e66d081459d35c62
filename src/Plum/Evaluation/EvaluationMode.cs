namespace Plum.Evaluation;

/// <summary>Whose idea of a pass counts.</summary>
public enum EvaluationMode
{
    /// <summary>What is right: values of the expected kind, compared outside of the program's reach, every test for itself.</summary>
    Strict,

    /// <summary>What the public harness says, its slips included, except where it would let a forged pass through.</summary>
    Parity,
}
