using System.Text;
using Plum.Text;
using Xunit;

namespace Plum.Tests.Text;

/// <summary>Reads the frames with a table-driven CRC-32C and a protobuf reader of its own.</summary>
public sealed class TensorBoardWriterTest
{
    [Fact]
    public void EveryFrameIsWholeAndHoldsTheScalars()
    {
        using TemporaryFolder folder = new();
        using (TensorBoardWriter writer = new(folder["board"], TimeProvider.System))
        {
            writer.Write(1, [("train/loss", 0.5f), ("train/rewards/chosen", -2)]);
            writer.Write(300, [("eval/loss", 7)]);
        }

        string file = Assert.Single(Directory.EnumerateFiles(folder["board"], "events.out.tfevents.*"));
        List<byte[]> frames = Frames(File.ReadAllBytes(file));
        Assert.Equal(3, frames.Count);
        Assert.Equal("brain.Event:2", Encoding.UTF8.GetString(Fields(frames[0])[3].Single()));
        Assert.Equal([("train/loss", 0.5f), ("train/rewards/chosen", -2f)], Scalars(frames[1]));
        Assert.Equal([("eval/loss", 7f)], Scalars(frames[2]));
        Assert.Equal([0xAC, 0x02], Fields(frames[2])[2].Single()); // 300 as a varint
        double time = BitConverter.ToDouble(Fields(frames[1])[1].Single());
        Assert.InRange(DateTimeOffset.FromUnixTimeSeconds((long)time), DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1));
    }

    [Fact]
    public void TheChecksumIsTheOneOfTheStandard() => Assert.Equal(0xE3069283, Crc32C(Encoding.ASCII.GetBytes("123456789")));

    private static List<byte[]> Frames(byte[] all)
    {
        List<byte[]> frames = [];
        for (int at = 0; at < all.Length;)
        {
            int length = (int)BitConverter.ToInt64(all, at);
            Assert.Equal(Masked(all[at..(at + 8)]), BitConverter.ToUInt32(all, at + 8));
            byte[] data = all[(at + 12)..(at + 12 + length)];
            Assert.Equal(Masked(data), BitConverter.ToUInt32(all, at + 12 + length));
            frames.Add(data);
            at += 16 + length;
        }

        return frames;
    }

    private static (string, float)[] Scalars(byte[] frame) =>
        [.. Fields(Fields(frame)[5].Single())[1].Select(value => (Encoding.UTF8.GetString(Fields(value)[1].Single()), BitConverter.ToSingle(Fields(value)[2].Single())))];

    private static Dictionary<int, List<byte[]>> Fields(byte[] message)
    {
        Dictionary<int, List<byte[]>> fields = [];
        for (int at = 0; at < message.Length;)
        {
            int key = message[at++], start = at, length;
            switch (key & 7)
            {
                case 0:
                    while (message[at++] >= 0x80)
                    {
                    }

                    length = at - start;
                    break;
                case 1: (at, length) = (at + 8, 8); break;
                case 5: (at, length) = (at + 4, 4); break;
                default:
                    length = message[at] < 0x80 ? message[at] : (message[at] & 0x7F) | (message[at + 1] << 7);
                    start = at + (message[at] < 0x80 ? 1 : 2);
                    at = start + length;
                    break;
            }

            if (!fields.TryGetValue(key >> 3, out List<byte[]>? values)) fields.Add(key >> 3, values = []);
            values.Add(message[start..(start + length)]);
        }

        return fields;
    }

    private static uint Masked(byte[] data)
    {
        uint crc = Crc32C(data);
        return ((crc >> 15) | (crc << 17)) + 0xa282ead8;
    }

    private static uint Crc32C(byte[] data)
    {
        uint crc = uint.MaxValue;
        foreach (byte one in data)
        {
            crc ^= one;
            for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ ((crc & 1) * 0x82F63B78);
        }

        return ~crc;
    }
}
