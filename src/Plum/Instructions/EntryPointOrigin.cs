namespace Plum.Instructions;

/// <summary>Where an instruction's entry point comes from.</summary>
public enum EntryPointOrigin
{
    /// <summary>The source names it.</summary>
    Given,

    /// <summary>A function's head in the text or in the starter code.</summary>
    Text,

    /// <summary>A function of the reference answer, of which only the head was looked at.</summary>
    Answer,

    /// <summary>The text names it in words or between backquotes.</summary>
    Named,

    /// <summary>It was made from the words of the text.</summary>
    Derived,
}
