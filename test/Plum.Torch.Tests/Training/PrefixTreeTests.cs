using Plum.Torch.Training;
using Xunit;

namespace Plum.Torch.Tests.Training;

public class PrefixTreeTests
{
    [Fact]
    public void Shared_beginnings_are_computed_once_and_last_tokens_not_at_all()
    {
        CompletionGroup group = new([9, 9], [[1, 2, 3, 4], [1, 2, 5], [1, 2, 3, 4], [6]]);

        Assert.Equal(2 + 3, group.Tokens); // the prompt, then 1, 2, 3
        Assert.Equal(6, group.Targets); // 1, 2, 3, 4, 5, 6
    }

    [Fact]
    public void A_completion_that_ends_inside_another_keeps_its_own_tokens()
    {
        CompletionGroup group = new([9], [[1, 2], [1, 2, 3]]);

        Assert.Equal(3, group.Tokens);
        Assert.Equal(3, group.Targets);
    }
}
