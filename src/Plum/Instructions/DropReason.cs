namespace Plum.Instructions;

/// <summary>Why a row of a file gives no instruction.</summary>
public enum DropReason
{
    /// <summary>It has no instruction.</summary>
    Empty,

    /// <summary>It has fewer than three words.</summary>
    TooShort,

    /// <summary>It has more letters than the options allow.</summary>
    TooLong,

    /// <summary>It asks for a program in another language.</summary>
    OtherLanguage,

    /// <summary>It asks for neither a function nor a program.</summary>
    NoProgram,

    /// <summary>It asks for a program that reads standard input.</summary>
    StandardInput,

    /// <summary>It asks for a class.</summary>
    AsksForClass,

    /// <summary>Its function takes or gives objects of classes that the task brings with it, such as linked lists.</summary>
    CustomTypes,

    /// <summary>It has several functions, and nothing tells which one is asked for.</summary>
    SeveralFunctions,

    /// <summary>Its function takes no arguments, so that there is but one thing to compare.</summary>
    NoArguments,

    /// <summary>It needs files, a network, a screen, a database, chance, the clock or packages.</summary>
    OutsideWorld,

    /// <summary>It is, or nearly is, a benchmark's task.</summary>
    Contaminated,

    /// <summary>It is nearly one that came before.</summary>
    NearDuplicate,
}
