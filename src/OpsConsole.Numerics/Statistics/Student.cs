namespace OpsConsole.Numerics.Statistics;

/// <summary>Student's t and the normal distribution, as far as intervals need them.</summary>
internal static class Student
{
    /// <summary>
    /// The 97.5 % point of t (G. Hill's series, Abramowitz and Stegun 26.7.5), within 0.1 % from four degrees of freedom on; exact for one to three, where
    /// the series is not.
    /// </summary>
    /// <param name="degrees">Degrees of freedom, at least one.</param>
    internal static double T95(int degrees)
    {
        if (degrees <= 3)
            return degrees switch { 1 => 12.706204736, 2 => 4.302652730, _ => 3.182446305 };
        const double z = Proportion.Z95;
        double z2 = z * z, v = degrees;
        return z * (1 + ((z2 + 1) / 4 / v) + (((5 * z2 + 16) * z2 + 3) / 96 / v / v) + ((((3 * z2 + 19) * z2 + 17) * z2 - 15) / 384 / v / v / v)
            + (((((79 * z2 + 776) * z2 + 1482) * z2 - 1920) * z2 - 945) / 92160 / v / v / v / v));
    }

    /// <summary>The share of a normal distribution beyond a positive point (Abramowitz and Stegun 7.1.26, within 1e-7).</summary>
    internal static double NormalTail(double point)
    {
        var x = point / Math.Sqrt(2);
        var t = 1 / (1 + 0.3275911 * x);
        return 0.5 * t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429)))) * Math.Exp(-x * x);
    }
}
