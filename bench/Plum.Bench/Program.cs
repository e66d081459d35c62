using Plum.Bench;

// Plum.Bench sandbox [DATA] [REPEATS] [HUMAN-EVAL CHECKOUT]    what a verdict costs, beside others
// Plum.Bench many [COUNT] [AGAIN]                              a long run of good and bad programs, AGAIN of them judged once more one by one
// Plum.Bench load [DATA]                                       whether load flips verdicts
// Plum.Bench train [PROMPTS] [plum|padded|both]                LoRA on a 0.5B shape, beside padded rows; alone each tells its own peak of memory
// Plum.Bench policy POLICY PREFERENCES                         a small policy's whole weights on a run's pairs, beside a plain loop
// Plum.Bench evalplus [DATA] [EVALPLUS-CHECKOUT] [PYTHON] [humaneval|mbpp]    HumanEval+ and MBPP+ whole, beside EvalPlus's own evaluator
// Plum.Bench canonical FOLDER [DATA] [ORACLES]                 HumanEval and MBPP with a teacher on record, for tools/canonical.sh
// Plum.Bench engine [ASSETS] [seed|small|shape] [CASE]         what sampling costs, beside the machine's best; of a shape one case alone
// DATA holds humaneval/HumanEval.jsonl.gz and humanevalplus/HumanEvalPlus.jsonl.gz; default PLUM_DATA or ../shared/data.
string Argument(int at, string otherwise) => args.Length > at ? args[at] : otherwise;
string data = Environment.GetEnvironmentVariable("PLUM_DATA") ?? "../shared/data";
int jails = Environment.ProcessorCount;
if (Argument(0, "sandbox") is "engine" or "train" or "policy") Plum.Torch.TorchRuntime.Load();
switch (Argument(0, "sandbox"))
{
    case "sandbox":
        await SandboxBench.RunAsync(Argument(1, data), int.Parse(Argument(2, "10")), jails, args.Length > 3 ? args[3] : null);
        return 0;
    case "many":
        await ManyBench.RunAsync(int.Parse(Argument(1, "100000")), int.Parse(Argument(2, "2000")), jails);
        return 0;
    case "load":
        await LoadBench.RunAsync(Argument(1, data));
        return 0;
    case "evalplus":
        await EvalPlusBench.RunAsync(Argument(1, data), jails, args.Length > 2 ? args[2] : null, Argument(3, "python3"), Argument(4, ""));
        return 0;
    case "canonical":
        CanonicalRecord.Write(args[1], Argument(2, data), Argument(3, Environment.GetEnvironmentVariable("PLUM_ORACLES") ?? "../shared/oracles"));
        return 0;
    case "engine":
        EngineBench.Run(Argument(1, "assets"), Argument(2, "all"), Argument(3, ""));
        return 0;
    case "train":
        TrainBench.Run(int.Parse(Argument(1, "8")), Argument(2, "both"), jails);
        return 0;
    case "policy":
        await PolicyTrainBench.RunAsync(args[1], args[2], jails);
        return 0;
    default:
        Console.Error.WriteLine("Plum.Bench sandbox | many | load | evalplus | canonical | engine | train | policy");
        return 2;
}
